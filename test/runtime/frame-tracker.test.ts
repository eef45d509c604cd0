import fc from 'fast-check';
import { closeFrame, FrameTracker, SERVICE_RESTART } from 'plinth-runtime';

/** A server's frame of a payload length, in the shortest form the protocol knows. */
function frame(length: number, opcode = 2): Buffer {
  const payload = Buffer.alloc(length, 0x88);
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  const header = Buffer.alloc(length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

const lengths = fc.array(fc.oneof(fc.nat(200), fc.constantFrom(0, 125, 126, 65_535, 65_536)), { minLength: 1, maxLength: 8 });

describe('the frame tracker', () => {
  it('is at a boundary after whole frames, however they are cut into chunks', () => {
    fc.assert(
      fc.property(lengths, fc.array(fc.nat(), { maxLength: 10 }), (sizes, cuts) => {
        const bytes = Buffer.concat(sizes.map((size) => frame(size)));
        const tracker = new FrameTracker();
        const edges = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b), bytes.length];
        for (let at = 1; at < edges.length; at += 1) tracker.push(bytes.subarray(edges[at - 1], edges[at]));
        expect(tracker.atBoundary).toBe(true);
      }),
    );
  });

  it('is at a boundary at the end of a frame and nowhere else', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), (sizes, cut) => {
        const frames = sizes.map((size) => frame(size));
        const bytes = Buffer.concat(frames);
        const ends = new Set([0, ...frames.map((_frame, at) => Buffer.concat(frames.slice(0, at + 1)).length)]);
        const upTo = cut % bytes.length;
        const tracker = new FrameTracker();
        tracker.push(bytes.subarray(0, upTo));
        expect(tracker.atBoundary).toBe(ends.has(upTo));
      }),
    );
  });

  it('finds where the frame under way ends', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(), (size, cut) => {
        const first = frame(size);
        const upTo = 1 + (cut % (first.length - 1));
        const tracker = new FrameTracker();
        tracker.push(first.subarray(0, upTo));
        expect(tracker.push(Buffer.concat([first.subarray(upTo), frame(3)]))).toBe(first.length - upTo);
      }),
    );
  });

  it('tells -1 when the frame goes on', () => {
    expect(new FrameTracker().push(frame(10).subarray(0, 5))).toBe(-1);
  });

  it('skips the mask of a masked frame', () => {
    const tracker = new FrameTracker();
    expect(tracker.push(Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x88, 0x88]))).toBe(8);
  });

  it('sees a close frame', () => {
    const tracker = new FrameTracker();
    tracker.push(frame(2, 8));
    expect(tracker.sawClose).toBe(true);
  });

  it('sees no close frame in a payload that looks like one', () => {
    const tracker = new FrameTracker();
    tracker.push(frame(50));
    expect(tracker.sawClose).toBe(false);
  });

  it('writes 1012 as an unmasked close frame', () => {
    expect(closeFrame(SERVICE_RESTART)).toEqual(Buffer.from([0x88, 2, 0x03, 0xf4]));
  });
});
