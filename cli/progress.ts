import type { WriteStream } from 'node:tty';

export interface Progress {
  readonly show: (share: number) => void;
  readonly end: () => void;
}

/** One line that counts up on a terminal; a line at each quarter where the output goes elsewhere. */
export function progressLine(stream: Pick<WriteStream, 'isTTY' | 'write'>, what: string): Progress {
  let quarters = 0;
  return {
    show: (share) => {
      const percent = Math.round(share * 100);
      if (stream.isTTY) stream.write(`\r${what} … ${percent} %`);
      else if (share * 4 >= quarters + 1) {
        quarters = Math.floor(share * 4);
        stream.write(`${what} … ${percent} %\n`);
      }
    },
    end: () => {
      stream.write(stream.isTTY ? `\r${what} … done \n` : `${what} … done\n`);
    },
  };
}
