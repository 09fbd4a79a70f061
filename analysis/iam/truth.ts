/** Three-valued logic: what follows from values that are partly unknown. */

/** `maybe` where it depends on a value that is not known. */
export type Truth = "yes" | "no" | "maybe";

export function and(a: Truth, b: Truth): Truth {
  if (a === "no" || b === "no") {
    return "no";
  }
  return a === "yes" && b === "yes" ? "yes" : "maybe";
}

export function or(a: Truth, b: Truth): Truth {
  if (a === "yes" || b === "yes") {
    return "yes";
  }
  return a === "no" && b === "no" ? "no" : "maybe";
}

export function not(a: Truth): Truth {
  return a === "maybe" ? a : a === "yes" ? "no" : "yes";
}

/** What holds where two cases are possible. */
export function either(a: Truth, b: Truth): Truth {
  return a === b ? a : "maybe";
}
