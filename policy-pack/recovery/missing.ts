/** What the checks of the other region answer. */

/** Something that would be missing there, or a property that has to be known to say so. */
export type Missing = { readonly urn: string } & (
  | { readonly message: string; readonly undecided?: undefined }
  | { readonly message?: undefined; readonly undecided: string }
);
