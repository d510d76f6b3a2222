const hex = (unit: number) => unit.toString(16).toUpperCase().padStart(4, "0");

const SHORT: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\n": "\\n",
  "\t": "\\t",
  "\f": "\\f",
  "\r": "\\r",
  "'": "\\'",
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
};

/** `$util` of API Gateway's templates; texts are UTF-8. */
export const util = {
  /** As a text of JavaScript, which JSON is not: `'` becomes `\'`. */
  escapeJavaScript: (text: string) =>
    [...Array(text.length).keys()]
      .map((at) => {
        const unit = text.charCodeAt(at);
        return SHORT[text.charAt(at)] ?? (unit < 0x20 || unit > 0x7e ? `\\u${hex(unit)}` : text.charAt(at));
      })
      .join(""),
  parseJson: (text: string) => JSON.parse(text) as unknown,
  /** As a form does: a blank is `+`. */
  urlEncode: (text: string) => new URLSearchParams({ "": text }).toString().slice(1),
  urlDecode: (text: string) => new URLSearchParams(`=${text}`).get("") ?? "",
  base64Encode: (text: string) => Buffer.from(text, "utf8").toString("base64"),
  base64Decode: (text: string) => Buffer.from(text, "base64").toString("utf8"),
};
