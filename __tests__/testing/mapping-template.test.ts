import fc from "fast-check";
import { type Message, renderTemplate } from "../support/api-gateway/mapping-template";
import { util } from "../support/api-gateway/util";

const rendered = (template: string, message: Message = {}) => renderTemplate(template, message).text;
const json = (template: string, message: Message = {}) => JSON.parse(rendered(template, message));

/** The examples of AWS's "Mapping template and access logging variable reference" (API Gateway developer guide). */
describe("the template engine, on AWS's own examples", () => {
  it("reads a name from the query and the whole body", () => {
    const template = `{
      "name" : "$input.params('name')",
      "body" : $input.json('$')
    }`;
    const body = JSON.stringify({ mykey: { a: [1, "b", null] } });
    expect(json(template, { body, querystring: { name: "Bella" } })).toEqual({
      name: "Bella",
      body: { mykey: { a: [1, "b", null] } },
    });
  });

  it("reads a part of the body by a JSONPath", () => {
    const body = JSON.stringify({ mykey: "Hello", other: 1 });
    expect(json(`{ "body" : $input.json('$.mykey') }`, { body })).toEqual({ body: "Hello" });
  });

  it("counts things, and takes parameters of the path first, then of the query, then headers", () => {
    const template = `{
      "id" : "$input.params('id')",
      "count" : "$input.path('$.things').size()"
    }`;
    const body = JSON.stringify({ things: { 1: {}, 2: {}, 3: {} } });
    const parameters = { path: { id: "abc" }, querystring: { id: "query" }, header: { id: "header" } };
    expect(json(template, { body, ...parameters })).toEqual({ id: "abc", count: "3" });
    expect(rendered("$input.params('id')", { querystring: { id: "q" }, header: { id: "h" } })).toBe("q");
  });

  it("gives lists, whose members can be counted and read", () => {
    const body = JSON.stringify({ pets: [{ price: 249.99 }, { price: 124.99 }, { price: 0.99 }] });
    expect(rendered("$input.path('$.pets').count()", { body })).toBe("3");
    expect(rendered("$input.path('$.pets[1].price')", { body })).toBe("124.99");
  });

  it("passes all parameters through, by kind and name", () => {
    const template = `#set($allParams = $input.params())
{
  "params" : {
    #foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
    "$type" : {
      #foreach($paramName in $params.keySet())
      "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
      #if($foreach.hasNext),#end
      #end
    }
    #if($foreach.hasNext),#end
    #end
  }
}`;
    const parameters = { path: { a: "1" }, querystring: { b: '2"' }, header: { c: "3", d: "4" } };
    expect(json(template, parameters)).toEqual({ params: parameters });
  });

  it("escapes by the rules of JavaScript, whose single quotes must be turned back for JSON", () => {
    const body = JSON.stringify({ data: `it's "so"\n` });
    expect(() => json(`{"a": "$util.escapeJavaScript($input.path('$.data'))"}`, { body })).toThrow(
      SyntaxError,
    );
    const turnedBack = `{"a": "$util.escapeJavaScript($input.path('$.data')).replaceAll("\\\\'","'")"}`;
    expect(json(turnedBack, { body })).toEqual({ a: `it's "so"\n` });
  });

  it("parses JSON within JSON", () => {
    const body = `{"errorMessage":"{\\"key1\\":\\"var1\\",\\"key2\\":{\\"arr\\":[1,2,3]}}"}`;
    const template = `#set ($errorMessageObj = $util.parseJson($input.path('$.errorMessage')))
{
   "errorMessageObjKey2ArrVal" : $errorMessageObj.key2.arr[0]
}`;
    expect(json(template, { body })).toEqual({ errorMessageObjKey2ArrVal: 1 });
  });

  it("maps variables of the context", () => {
    const context = { stage: "prod", requestId: "r-1", identity: { sourceIp: "192.0.2.1" } };
    const template = `{
    "stage" : "$context.stage",
    "request_id" : "$context.requestId",
    "source_ip" : "$context.identity.sourceIp"
}`;
    expect(json(template, { context })).toEqual({ stage: "prod", request_id: "r-1", source_ip: "192.0.2.1" });
  });

  it("overrides the status and headers of the response", () => {
    const template = `#set($inputRoot = $input.path('$'))
#if($inputRoot.toString().contains("error"))
#set($context.responseOverride.status = 400)
#set($context.responseOverride.header.hello = "world")
#end
{}`;
    const { override } = renderTemplate(template, { body: '"an error"' });
    expect(override).toEqual({ status: 400, header: { hello: "world" } });
    expect(renderTemplate(template, { body: '"fine"' }).override).toEqual({ header: {} });
  });
});

describe("the functions of templates", () => {
  it("encode and decode any text as base64 and for URLs", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(util.base64Decode(util.base64Encode(text))).toBe(text);
        expect(util.urlDecode(util.urlEncode(text))).toBe(text);
      }),
    );
    expect(util.base64Encode("käse 🧀")).toBe("a8Okc2Ug8J+ngA==");
    expect(util.urlEncode("a b&ü")).toBe("a+b%26%C3%BC");
  });

  it("escape so that JavaScript reads the same text", () => {
    expect(util.escapeJavaScript(`"it's" a/b\\\t\u0001é🧀`)).toBe(
      `\\"it\\'s\\" a\\/b\\\\\\t\\u0001\\u00E9\\uD83E\\uDDC0`,
    );
  });

  it("keep JSON as JSON, whatever it holds", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const body = JSON.stringify({ data });
        expect(json("{\"copy\": $input.json('$.data')}", { body }).copy).toEqual(
          JSON.parse(JSON.stringify(data)),
        );
      }),
    );
  });

  it.each(["$..a", "$.a[*]", "$.a[?(@.b)]", "a.b"])(
    "reject the path %s, whose meaning is not modelled",
    (path) => {
      expect(() => rendered(`$input.json("${path}")`, { body: "{}" })).toThrow(/JSONPath|names one place/);
    },
  );

  it("reject a body that is no JSON, where it is read", () => {
    expect(() => rendered("$input.json('$')", { body: "{" })).toThrow(SyntaxError);
    expect(rendered("$input.body", { body: "{" })).toBe("{");
  });
});
