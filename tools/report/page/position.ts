/** Position in the page's list of resources, by URN. */
export type Position = (urn: string | undefined) => number | undefined;
