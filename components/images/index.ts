export { ImageRepository } from "./image-repository";
export { BOOTSTRAP_IMAGE, COLLECTOR_IMAGE, imageReference, repositoryArn } from "./images";
