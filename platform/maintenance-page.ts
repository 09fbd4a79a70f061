/**
 * The error page that the bucket of the application's files has, for both distributions: on the application's host,
 * too, it is the API below /api without a running task. If its files are deleted, no file could say so.
 */
export const MAINTENANCE_PAGE = "/maintenance/unavailable.json";
