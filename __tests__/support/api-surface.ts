import { join, sep } from "node:path";
import * as ts from "typescript";

/** A door's exports and, below them, every type of ours that they speak of. */
type Surfaces = Readonly<Record<string, string>>;

/**
 * The public types of a package, by subpath, in a form that changes only with what an importer can see: without comments
 * and private members, in the order of names, wherever a type is declared. A type with a door of its own is written
 * there and named elsewhere.
 *
 * @param folder of declarations (`dist`)
 * @param doors the folders in it that have an `index.d.ts`, by subpath
 */
export function apiSurfaces(folder: string, doors: Readonly<Record<string, string>>): Surfaces {
  const files = Object.values(doors).map((door) => join(folder, door, "index.d.ts"));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    // Names are followed and nothing is checked: that is for the importer's compiler.
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const resolve = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exportsOf = (door: string) => {
    const file = program.getSourceFile(join(folder, door, "index.d.ts"));
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${join(folder, door)} exports nothing`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => ({ name: symbol.name, symbol: resolve(symbol) }));
  };
  const homes = homesOf(doors, exportsOf);
  const ours = (declaration: ts.Declaration) =>
    declaration.getSourceFile().fileName.startsWith(join(folder, sep)) && isNamedType(declaration);
  const declarationsOf = (symbol: ts.Symbol) => (symbol.declarations ?? []).filter(ours);
  const mentioned = (declaration: ts.Declaration) =>
    namesIn(declaration)
      .map((name) => checker.getSymbolAtLocation(name))
      .filter((symbol) => symbol !== undefined)
      .map(resolve);

  const surfaceOf = (subpath: string, door: string): string => {
    const lines: string[] = [];
    const known = new Set<ts.Symbol>();
    const pending: { name: string; symbol: ts.Symbol; exported: boolean }[] = exportsOf(door).map((each) => ({
      ...each,
      exported: true,
    }));
    for (let each = pending.shift(); each; each = pending.shift()) {
      const { name, symbol, exported } = each;
      if (known.has(symbol)) continue;
      known.add(symbol);
      const home = homes.get(symbol) ?? subpath;
      if (home !== subpath) {
        if (exported) lines.push(`export { ${name} } from "${home}";`);
        continue;
      }
      for (const declaration of declarationsOf(symbol)) {
        lines.push(`${exported ? "export " : ""}${normalised(declaration)}`);
        if (exported && name !== symbol.name) lines.push(`export { ${symbol.name} as ${name} };`);
        for (const other of mentioned(declaration)) {
          pending.push({ name: other.name, symbol: other, exported: false });
        }
      }
    }
    return lines.sort().join("\n");
  };
  return Object.fromEntries(
    Object.entries(doors).map(([subpath, door]) => [subpath, surfaceOf(subpath, door)]),
  );
}

/** The innermost door that exports a symbol. */
function homesOf(
  doors: Readonly<Record<string, string>>,
  exportsOf: (door: string) => readonly { readonly symbol: ts.Symbol }[],
): ReadonlyMap<ts.Symbol, string> {
  const outermostFirst = Object.entries(doors).sort(([a], [b]) => a.length - b.length);
  return new Map(
    outermostFirst.flatMap(([subpath, door]) =>
      exportsOf(door).map(({ symbol }) => [symbol, subpath] as const),
    ),
  );
}

function isNamedType(node: ts.Node): boolean {
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isEnumDeclaration(node)
  );
}

function namesIn(node: ts.Node): ts.Identifier[] {
  if (isPrivate(node)) return [];
  if (ts.isIdentifier(node)) return [node];
  const found: ts.Identifier[] = [];
  ts.forEachChild(node, (child) => void found.push(...namesIn(child)));
  return found;
}

function isPrivate(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
  );
}

/** A declaration as its importer sees it. */
function normalised(declaration: ts.Declaration): string {
  const printer = ts.createPrinter({ removeComments: true });
  const text = (node: ts.Node) =>
    printer
      .printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile())
      .replace(/^(export )?(declare )?/, "");
  if (ts.isVariableDeclaration(declaration)) return `const ${text(declaration)};`;
  if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration))
    return text(declaration);
  const members = [...declaration.members].filter((member) => !isPrivate(member));
  // By name only: the order of overloads means something, and a stable sort keeps it.
  const name = (member: ts.ClassElement | ts.TypeElement) => member.name?.getText() ?? "";
  members.sort((a, b) => (name(a) < name(b) ? -1 : Number(name(a) > name(b))));
  const [head] = text(declaration).split("{\n");
  return `${head}{\n${members.map((member) => `    ${text(member).replaceAll("\n", "\n    ")}`).join("\n")}\n}`;
}

/** Where the package keeps each subpath. */
export function doorsOf(subpaths: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    subpaths.map((subpath) => [subpath, subpath === "testing" ? "testing" : join("modules", subpath)]),
  );
}
