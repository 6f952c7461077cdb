// As much of JSON Schema as the order and the style of what is written depend on.

export interface Shape {
  readonly $ref?: string;
  readonly properties?: { readonly [name: string]: Shape };
  readonly additionalProperties?: boolean | Shape;
  readonly items?: boolean | Shape;
  readonly title?: string;
  readonly "x-long"?: boolean;
  readonly "x-unit"?: string;
}

/** `shape` with a local `$ref` followed; words beside the reference win. */
export function resolve(root: Shape, shape: boolean | Shape | undefined): Shape {
  if (typeof shape !== "object") return {};
  if (shape.$ref === undefined || !shape.$ref.startsWith("#")) return shape;
  const { $ref, ...beside } = shape;
  let target: unknown = root;
  for (const part of $ref.split("/").slice(1)) {
    const name = part.replace(/~1/g, "/").replace(/~0/g, "~");
    target = typeof target === "object" && target !== null ? (target as Record<string, unknown>)[name] : {};
  }
  return { ...resolve(root, target as Shape), ...beside };
}
