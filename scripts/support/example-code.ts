import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { projectRoot } from "./paths";

/** `<!-- example: ./example.ts -->` … `<!-- /example -->`: what stands between is the file's text. */
const EXAMPLE = /(<!-- example: (\S+) -->\n)[\s\S]*?(<!-- \/example -->)/g;

/** A page with each example in the words of its file; its imports as another project writes them. */
export function fillExamples(page: string, folder: string): string {
  return page.replace(EXAMPLE, (_, opening: string, name: string, closing: string) => {
    const code = readFileSync(join(folder, name), "utf8").trim();
    return `${opening}\`\`\`ts\n${asImported(code, folder)}\n\`\`\`\n${closing}`;
  });
}

/** A relative import of a module becomes the package's subpath. */
function asImported(code: string, folder: string): string {
  return code.replace(/ from "(\.[^"]*)";/g, (_, path: string) => {
    const module = relative(join(projectRoot, "modules"), join(folder, path)).split(sep).join("/");
    return ` from "cdktf-aws-patterns/${module}";`;
  });
}
