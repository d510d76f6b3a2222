import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** An argument as the bindings write it. */
interface Property {
  readonly name: string;
  /** The names inside a block. None for a scalar, and for a map, whose keys are data. */
  readonly block?: Shape;
}

/** The arguments of a resource or block, by their names in Terraform. */
export type Shape = ReadonlyMap<string, Property>;

/** A class of the bindings. */
export interface Binding {
  /** What to require. */
  readonly path: string;
  readonly className: string;
  readonly shape: Shape;
}

/**
 * The bindings of a type, read from their declarations: the names are theirs and not guessed.
 * @param type `aws_sqs_queue`, `data.aws_region` or `provider`
 * @throws Error when the provider has no such type
 */
export function bindingOf(type: string): Binding {
  const path = `@cdktf/provider-aws/lib/${type
    .replace(/^data\./, "data-")
    .replace(/^aws_/, "")
    .replaceAll("_", "-")}`;
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  let className: string | undefined;
  for (const file of declarationsOf(path)) {
    const text = readFileSync(file, "utf8");
    // With parents, through which a member finds its comment.
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    for (const statement of source.statements) {
      if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement);
      else if (ts.isClassDeclaration(statement) && isElement(statement)) className = statement.name?.text;
    }
  }
  if (className === undefined) throw new Error(`${path} declares no resource, data source or provider`);
  return { path, className, shape: shapeOf(`${className}Config`, interfaces, new Map()) };
}

/** Large resources keep their blocks in a folder beside. */
function declarationsOf(path: string): string[] {
  const folder = dirname(require.resolve(path));
  const blocks = join(folder, "index-structs");
  return [
    join(folder, "index.d.ts"),
    ...(existsSync(blocks) ? readdirSync(blocks) : [])
      .filter((name) => name.endsWith(".d.ts"))
      .map((name) => join(blocks, name)),
  ];
}

function isElement({
  heritageClauses = [] as unknown as ts.NodeArray<ts.HeritageClause>,
}: ts.ClassDeclaration) {
  return heritageClauses
    .flatMap(({ types }) => types.map(({ expression }) => expression))
    .some(
      (base) =>
        ts.isPropertyAccessExpression(base) &&
        /^Terraform(Resource|DataSource|Provider)$/.test(base.name.text),
    );
}

function shapeOf(
  name: string,
  interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>,
  known: Map<string, Shape>,
): Shape {
  const before = known.get(name);
  if (before !== undefined) return before;
  const shape = new Map<string, Property>();
  known.set(name, shape);
  for (const member of interfaces.get(name)?.members ?? []) {
    if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name)) continue;
    // "Docs at Terraform Registry: {@link https://…#function_name LambdaFunction#function_name}"
    const argument = /\{@link \S+#(\w+) /.exec(member.getFullText())?.[1];
    if (argument === undefined) continue;
    const block = blockOf(member.type);
    shape.set(argument, {
      name: member.name.text,
      block: block === undefined ? undefined : shapeOf(block, interfaces, known),
    });
  }
  return shape;
}

/** The interface of a block or of a list of blocks. */
function blockOf(type: ts.TypeNode | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (ts.isUnionTypeNode(type)) return type.types.map(blockOf).find((name) => name !== undefined);
  if (ts.isArrayTypeNode(type)) return blockOf(type.elementType);
  return ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) ? type.typeName.text : undefined;
}
