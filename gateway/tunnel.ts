import type { Socket } from 'node:net';
import { closeFrame, FrameTracker, SERVICE_RESTART } from 'plinth-runtime';

/** What a tunnel tells of the bytes it carried. */
export interface TunnelCount {
  requestBytes: number;
  responseBytes: number;
}

/** An upgraded connection: bytes both ways, and a close frame of ours between two frames of the app's when the task stops. */
export class Tunnel {
  private readonly frames = new FrameTracker();
  private closing = false;
  private muted = false;

  constructor(
    private readonly client: Socket,
    private readonly app: Socket,
    private readonly count: TunnelCount,
    private readonly ended: () => void,
  ) {}

  open(clientHead: Buffer, appHead: Buffer): void {
    const { app, client } = this;
    client.on('error', () => app.destroy());
    app.on('error', () => client.destroy());
    client.on('close', () => {
      app.destroy();
      this.ended();
    });
    app.on('close', () => client.destroySoon());
    this.fromClient(clientHead);
    this.fromApp(appHead);
    client.on('data', (chunk: Buffer) => this.fromClient(chunk));
    app.on('data', (chunk: Buffer) => this.fromApp(chunk));
    client.on('end', () => app.end());
    app.on('end', () => client.end());
    client.on('drain', () => app.resume());
    app.on('drain', () => client.resume());
  }

  /** Tells the client to connect again: 1012, as soon as the app's current frame is whole. The client's answer closes the app's side. */
  restart(): void {
    if (this.closing) return;
    this.closing = true;
    if (this.frames.atBoundary) this.sendClose();
  }

  destroy(): void {
    this.client.destroy();
    this.app.destroy();
  }

  private fromClient(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.count.requestBytes += chunk.length;
    if (!this.app.write(chunk)) this.client.pause();
  }

  private fromApp(chunk: Buffer): void {
    if (chunk.length === 0 || this.muted) return;
    const boundary = this.frames.push(chunk);
    const cutHere = this.closing && boundary !== -1;
    const passed = cutHere ? chunk.subarray(0, boundary) : chunk;
    this.count.responseBytes += passed.length;
    if (!this.client.write(passed)) this.app.pause();
    if (cutHere) this.sendClose();
  }

  private sendClose(): void {
    this.muted = true;
    if (!this.frames.sawClose) this.client.write(closeFrame(SERVICE_RESTART));
    this.app.resume();
  }
}
