import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { Construct } from "constructs";
import { Checks } from "../../core";
import type { ApiHome } from "./home";
import { ApiMethod, type ApiMethodProps, type HttpMethod } from "./method";

/** Ids below a route that are methods: a part of a path cannot be called so. */
const VERBS = ["any", "delete", "get", "head", "options", "patch", "post", "put"];

interface RoutePlace {
  readonly home: ApiHome;
  readonly path: string;
  readonly parentId?: string;
}

/** One path of an API, and those below it. A path is made once, however often it is asked for. */
export class Route extends Construct {
  /** None for `/`, which is there with the API. */
  readonly resource?: ApiGatewayResource;
  private readonly home: ApiHome;
  private readonly path: string;

  constructor(scope: Construct, id: string, { home, path, parentId }: RoutePlace) {
    super(scope, id);
    this.home = home;
    this.path = path;
    this.resource =
      parentId === undefined
        ? undefined
        : new ApiGatewayResource(this, "Default", {
            restApiId: home.api.id,
            parentId,
            pathPart: path.slice(path.lastIndexOf("/") + 1),
          });
  }

  /**
   * The route below this one, such as `/orders/{id}` or `/files/{name+}`.
   * @throws Error for a path that API Gateway does not take
   */
  route(path: string): Route {
    checkPath(this, path);
    return path
      .split("/")
      .slice(1)
      .reduce((above: Route, part) => above.below(part), this);
  }

  /**
   * Adds a method.
   * @throws Error for a second one with the same verb, and with every fault of its props
   */
  method(verb: HttpMethod, props: ApiMethodProps): ApiMethod {
    const id = verb.toLowerCase();
    new Checks("route", this)
      .that(
        this.node.tryFindChild(id) === undefined,
        `has a method ${verb} already: add to the first, or use another verb`,
      )
      .done();
    const { home, resourceId } = this;
    return new ApiMethod(
      this,
      id,
      { home, resourceId, path: this.path === "" ? "/" : this.path, verb },
      props,
    );
  }

  private below(part: string): Route {
    const id = idOf(part);
    return (
      (this.node.tryFindChild(id) as Route | undefined) ??
      new Route(this, id, {
        home: this.home,
        path: `${this.path}/${part}`,
        parentId: this.resourceId,
      })
    );
  }

  private get resourceId(): string {
    return this.resource?.id ?? this.home.api.rootResourceId;
  }
}

/** `{id}` is `by-id` and `{name+}` is `all-name`: braces do not survive in an address. */
function idOf(part: string): string {
  const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(part) ?? [];
  return name === undefined ? part : `${greedy === "+" ? "all" : "by"}-${name}`;
}

function checkPath(scope: Construct, path: string): void {
  const checks = new Checks("route", scope);
  checks.matches(
    "path",
    path,
    /^(\/([\w.:~-]+|\{[\w.-]+\+?\}))+$/,
    'a path such as "/orders/{id}", with a slash in front and none at the end',
  );
  const parts = path.split("/").slice(1);
  const verbs = parts.filter((part) => VERBS.includes(part));
  checks.that(
    verbs.length === 0,
    `path must not have a part named like a verb, got ${verbs.join(", ")}: its address would be that of a method`,
  );
  const greedy = parts.slice(0, -1).filter((part) => part.endsWith("+}"));
  checks.that(greedy.length === 0, `path must end with ${greedy.join(", ")}: it takes all that follows`);
  checks.done();
}
