/** Where the pack and Checkov differ and the pack is right, by check and address, with the reason. */
export const DEFENDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
