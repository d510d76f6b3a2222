import { join } from "node:path";
import * as ts from "typescript";
import { OperatorError } from "./command";

/** An alias is spelled out in a table where it is a union no longer than this; else its name says more. */
const LONGEST_UNION = 75;

/**
 * The props of a type as a table in Markdown: name, type, default, and what its comment says.
 *
 * Of a union, every prop that one of its members has. A prop that may be left out says its default, and each says what it
 * is for: a table with holes is refused.
 * @throws OperatorError for a type that is not there, and for every prop without comment or `@default`
 */
export class PropsTables {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  /** @param files absolute paths of the sources whose types are asked for */
  constructor(files: readonly string[]) {
    this.program = ts.createProgram(files, {
      strict: true,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      target: ts.ScriptTarget.ES2022,
      skipLibCheck: true,
      types: [],
    });
    this.checker = this.program.getTypeChecker();
  }

  of(file: string, name: string): string {
    const props = this.propsOf(file, name);
    const faults = props.flatMap(({ faults }) => faults.map((fault) => `${name}.${fault} (${file})`));
    if (faults.length > 0) throw new OperatorError(faults.join("\n"));
    const rows = props.map(
      (prop) => `| \`${prop.name}\` | \`${cell(prop.type)}\` | ${prop.default} | ${prop.text} |`,
    );
    return ["| prop | type | default |  |", "|---|---|---|---|", ...rows].join("\n");
  }

  private propsOf(file: string, name: string) {
    const declaration = this.program
      .getSourceFile(file)
      ?.statements.filter((each) => ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each))
      .find((each) => each.name.text === name);
    if (declaration === undefined) throw new OperatorError(`${file} has no interface or type ${name}`);
    const type = this.checker.getTypeAtLocation(declaration);
    const members = type.isUnion() ? type.types : [type];
    const names = new Set(members.flatMap((member) => member.getProperties().map((prop) => prop.name)));
    return [...names].map((each) => this.prop(each, members));
  }

  private prop(name: string, members: readonly ts.Type[]) {
    const found = members.map((member) => member.getProperty(name)).filter((prop) => prop !== undefined);
    const declared = found.flatMap((prop) => (prop.declarations ?? []).filter(ts.isPropertySignature));
    const offered = declared.filter(({ type }) => type?.kind !== ts.SyntaxKind.UndefinedKeyword);
    const [said] = offered;
    if (said?.type === undefined) throw new OperatorError(`${name} has no type of its own`);
    const optional =
      found.length < members.length || found.some((prop) => prop.flags & ts.SymbolFlags.Optional);
    const symbol = this.checker.getSymbolAtLocation(said.name) as ts.Symbol;
    const text = oneLine(ts.displayPartsToString(symbol.getDocumentationComment(this.checker)));
    const tag = symbol.getJsDocTags(this.checker).find((each) => each.name === "default");
    const given = tag && oneLine(ts.displayPartsToString(tag.text));
    return {
      name,
      // What one member of a union offers, and what another does.
      type: [...new Set(offered.map(({ type }) => this.typeText(type as ts.TypeNode)))].join(" | "),
      default: optional ? defaultText(given ?? "") : "required",
      text: cell(text),
      faults: [
        ...(text === "" ? [`${name} has no comment: say what it is for`] : []),
        ...(optional && given === undefined ? [`${name} may be left out and has no @default`] : []),
        ...(!optional && given !== undefined ? [`${name} is required and has a @default`] : []),
      ],
    };
  }

  /** As it is written; a short union under a name is spelled out, for its reader chooses from it. */
  private typeText(node: ts.TypeNode): string {
    const meant = this.meant(node);
    const text = oneLine((meant ?? node).getText())
      .replace(/^\| /, "")
      .replaceAll("readonly ", "")
      .replace(/\bNoInfer<(\w+)>/g, "$1")
      .replaceAll(";", ",")
      .replaceAll(", }", " }");
    return meant !== undefined && text.length > LONGEST_UNION ? node.getText() : text;
  }

  private meant(node: ts.TypeNode): ts.TypeNode | undefined {
    if (ts.isIndexedAccessTypeNode(node) && ts.isLiteralTypeNode(node.indexType)) {
      const key = (node.indexType.literal as ts.StringLiteral).text;
      const [property] = this.checker.getTypeAtLocation(node.objectType).getProperty(key)?.declarations ?? [];
      return property && ts.isPropertySignature(property) ? property.type : undefined;
    }
    if (!ts.isTypeReferenceNode(node)) return undefined;
    const symbol = this.checker.getSymbolAtLocation(node.typeName);
    const alias =
      symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
    const declaration = alias?.declarations?.find(ts.isTypeAliasDeclaration);
    return declaration && ts.isUnionTypeNode(declaration.type) ? declaration.type : undefined;
  }
}

/** `<!-- props: ./fan-out.ts FanOutProps -->` … `<!-- /props -->`: what stands between is the type's table. */
const PROPS = /(<!-- props: (\S+) (\S+) -->\n)[\s\S]*?(<!-- \/props -->)/g;

/** A page with each table as its type says it. */
export function fillProps(page: string, folder: string, tables: PropsTables): string {
  return page.replace(
    PROPS,
    (_, opening: string, file: string, name: string, closing: string) =>
      `${opening}${tables.of(join(folder, file), name)}\n${closing}`,
  );
}

/** The sources that a page asks for. */
export function propsFilesOf(page: string, folder: string): string[] {
  return [...page.matchAll(PROPS)].map(([, , file]) => join(folder, file as string));
}

/** `5` is a value, `- as the topic` a behaviour. */
function defaultText(given: string): string {
  return given.startsWith("- ") ? cell(given.slice(2)) : `\`${cell(given)}\``;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** What ends a cell of a table is escaped, in code too. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
