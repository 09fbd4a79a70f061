export { foundation, type Foundation, type Shared } from "./foundation";
