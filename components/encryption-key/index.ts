export { EncryptionKey, logServiceGrant, type EncryptionKeyArgs } from "./encryption-key";
