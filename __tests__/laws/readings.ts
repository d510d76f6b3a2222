import ts from "typescript";

/** A place in a text that breaks a law: its line, counted from 1, and what stands there. */
type Offence = string;

/** Reads the code and not the text, so that comments may speak of what is forbidden. */
function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("text.ts", text, ts.ScriptTarget.Latest, true);
}

function offence(node: ts.Node): Offence {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `${line + 1}: ${node.getText().split("\n")[0]}`;
}

function collect(text: string, isOffence: (node: ts.Node) => boolean): readonly Offence[] {
  const found: Offence[] = [];
  const visit = (node: ts.Node): void => {
    if (isOffence(node)) found.push(offence(node));
    else ts.forEachChild(node, visit);
  };
  visit(parse(text));
  return found;
}

/** Strings that name a partition: `"x arn:aws:…"`, also pieced together. `arn:${partition}:` is none. */
export function partitionArns(text: string): readonly Offence[] {
  return collect(text, (node) => /\barn:aws[\w-]*:/.test(spelled(node) ?? ""));
}

/** What an expression of strings spells; what is known later is written as a NUL. Nothing for any other node. */
function spelled(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(
      ({ expression, literal }) => (spelled(expression) ?? "\0") + literal.text,
    );
    return node.head.text + spans.join("");
  }
  if (ts.isParenthesizedExpression(node)) return spelled(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  return (spelled(node.left) ?? "\0") + (spelled(node.right) ?? "\0");
}

/** Decisions that hang on the name of an environment: comparisons, switches, searches, lookups. */
export function nameDecisions(text: string): readonly Offence[] {
  const aliases = aliasesOf(parse(text));
  return collect(text, (node) => ts.isExpression(node) && isName(node, aliases) && decides(node));
}

/** The variables that hold an environment's name, each with the part of the text in which it does. */
type Aliases = readonly { readonly name: string; readonly from: number; readonly to: number }[];

function aliasesOf(source: ts.SourceFile): Aliases {
  const aliases: { name: string; from: number; to: number }[] = [];
  const note = (name: ts.BindingName, around: ts.Node): void => {
    if (ts.isIdentifier(name)) aliases.push({ name: name.text, from: around.pos, to: around.end });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) || ts.isParameter(node)) {
      const scope = ts.isParameter(node) ? node.parent : blockAround(node);
      if (ts.isObjectBindingPattern(node.name) && holdsEnvironment(node)) {
        for (const { name, propertyName } of node.name.elements) {
          if ((propertyName ?? name).getText() === "name") note(name, scope);
        }
      }
      if (node.initializer !== undefined && isName(node.initializer, aliases)) note(node.name, scope);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return aliases;
}

function blockAround(node: ts.Node): ts.Node {
  let around = node.parent;
  while (!ts.isSourceFile(around) && !ts.isBlock(around) && !ts.isIterationStatement(around, false)) {
    around = around.parent;
  }
  return around;
}

/** By its type, by what it is made from, or as the parameter of a function over a list of environments. */
function holdsEnvironment(node: ts.VariableDeclaration | ts.ParameterDeclaration): boolean {
  if (node.type !== undefined) return /\bEnvironment\b/.test(node.type.getText());
  if (node.initializer !== undefined) return isEnvironment(node.initializer);
  const around = node.parent.parent;
  const list =
    ts.isCallExpression(around) && ts.isPropertyAccessExpression(around.expression)
      ? around.expression.expression
      : ts.isForOfStatement(around)
        ? around.expression
        : undefined;
  return list !== undefined && /environments$/i.test(list.getText());
}

/** `environment`, `this.environment`, `props.environment!` … */
function isEnvironment(expression: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(expression) || ts.isNonNullExpression(expression))
    return isEnvironment(expression.expression);
  if (ts.isIdentifier(expression)) return /^env$|environment$/i.test(expression.text);
  return ts.isPropertyAccessExpression(expression) && /environment$/i.test(expression.name.text);
}

function isName(expression: ts.Expression, aliases: Aliases): boolean {
  if (ts.isPropertyAccessExpression(expression))
    return expression.name.text === "name" && isEnvironment(expression.expression);
  if (ts.isElementAccessExpression(expression))
    return spelled(expression.argumentExpression) === "name" && isEnvironment(expression.expression);
  if (!ts.isIdentifier(expression) || isOnlyALabel(expression)) return false;
  const at = expression.getStart();
  return aliases.some(({ name, from, to }) => name === expression.text && from <= at && at < to);
}

/** `name` in `x.name` and in `{ name: x }` is no variable. */
function isOnlyALabel(node: ts.Identifier): boolean {
  const { parent } = node;
  return (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name === node;
}

const COMPARISONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.InKeyword,
]);
/** Calls that ask something of a text, or of a list or table for a text. */
const QUESTIONS =
  /^(includes|indexOf|lastIndexOf|has|get|test|exec|match|search|startsWith|endsWith|localeCompare)$/;
/** Calls that give the same text in another form. */
const FORMS = /^(toLowerCase|toUpperCase|trim|slice|substring|replace|toString)$/;

/** Whether the code around a name, or around a text made of it, chooses by it. */
function decides(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent) || ts.isNonNullExpression(parent))
    return decides(parent);
  if (ts.isTemplateSpan(parent)) return decides(parent.parent);
  if (ts.isBinaryExpression(parent)) {
    if (parent.operatorToken.kind === ts.SyntaxKind.PlusToken) return decides(parent);
    return COMPARISONS.has(parent.operatorToken.kind);
  }
  if (ts.isSwitchStatement(parent) || ts.isCaseClause(parent)) return parent.expression === node;
  if (ts.isElementAccessExpression(parent)) return parent.argumentExpression === node;
  if (ts.isPropertyAccessExpression(parent)) {
    if (QUESTIONS.test(parent.name.text)) return true;
    return FORMS.test(parent.name.text) && ts.isCallExpression(parent.parent) && decides(parent.parent);
  }
  if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression)) return false;
  return parent.expression !== node && QUESTIONS.test(parent.expression.name.text);
}
