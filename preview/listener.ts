import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/**
 * A port on loopback that is open before there is anything to serve it: the program is started with its
 * address at once, and gRPC is loaded while the program loads.
 */
export class Listener {
  private readonly waiting: Socket[] = [];
  private serve: (socket: Socket) => void = (socket) => this.waiting.push(socket);

  private constructor(private readonly server: Server) {
    server.on("connection", (socket) => this.serve(socket));
  }

  /** Opens a port that the system chooses. */
  static async open(): Promise<Listener> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    return new Listener(server);
  }

  /** `127.0.0.1:<port>` */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Hands over all connections, those that wait and those to come. */
  attach(serve: (socket: Socket) => void): void {
    this.serve = serve;
    for (const socket of this.waiting.splice(0)) serve(socket);
  }

  /** Accepts no more connections. */
  close(): void {
    this.server.close();
    for (const socket of this.waiting.splice(0)) socket.destroy();
  }
}
