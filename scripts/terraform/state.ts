/** The attributes of one resource in the state. */
export type Attributes = Readonly<Record<string, unknown>>;

/** `terraform show -json` of a state, as far as we read it; our stacks have no Terraform modules. */
export interface StateDocument {
  readonly values?: {
    readonly root_module: {
      readonly resources?: readonly { readonly address: string; readonly values: Attributes }[];
    };
  };
}

/** @returns attributes by address, data sources too */
export function attributesByAddress({ values }: StateDocument): ReadonlyMap<string, Attributes> {
  return new Map((values?.root_module.resources ?? []).map((each) => [each.address, each.values]));
}
