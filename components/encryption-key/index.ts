export { EncryptionKey, logServiceGrant, type EncryptionKeyArgs } from "./encryption-key";
export { type PlatformKeys, platformKeys, type PlatformKeysArgs } from "./platform-keys";
