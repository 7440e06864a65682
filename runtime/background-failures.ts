/** Errors of background work. `first` rejects with the first of them. */
export class BackgroundFailures {
  readonly first: Promise<never>;
  readonly add: (error: Error) => void;

  constructor() {
    let reject: (error: Error) => void = () => {};
    this.first = new Promise<never>((_resolve, rejectFirst) => {
      reject = rejectFirst;
    });
    this.first.catch(() => undefined);
    this.add = reject;
  }
}
