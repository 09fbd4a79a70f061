export { boundRoles } from "./permissions-boundary";
