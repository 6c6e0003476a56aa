// What a client in TypeScript does with the types that openapi-typescript makes of the document.
import type { components, operations, paths } from "./api";

type Action = components["schemas"]["Action"];
type Body = paths["/api/v2/actions.json"]["post"]["requestBody"]["content"]["application/json"];
type Answer = operations["get_workspace"]["responses"][200]["content"]["application/json"];

export const sent: Body = { title: "Grow", labels: ["new"], status: "doing", traffic_light: "green", progress: 10 };

export function describe(action: Action, workspace: Answer): string {
  const light: "green" | "orange" | "red" | null = action.traffic_light;
  const status: "icebox" | "to do" | "doing" | "done" = action.status.name;
  return `${action.title}: ${status}, ${light ?? "no light"}, ${workspace.owner.slug}`;
}

// @ts-expect-error The options of an enum are a type.
export const unknownLight: components["schemas"]["TrafficLight"] = "blue";

// @ts-expect-error A title is required.
export const untitled: Body = { progress: 10 };

// @ts-expect-error There is no such call: the aliases of calls are left out.
export type Alias = paths["/api/workspace/{workspace_id}"];
