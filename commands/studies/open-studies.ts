import { connect, Studies } from '../../control/studies.ts';
import { noServer } from '../../control/study-server.ts';
import { EnvironmentError } from '../../lib/core/errors.ts';
import { stateFolder } from '../../lib/core/files/state-folder.ts';
import { openStore } from '../../lib/store/open-store.ts';
import { say } from '../terminal/print.ts';

/** Options that locate studies. */
export interface StudiesOptions {
  state?: string;
  store?: string;
}

/** Opens the studies that a command's options locate, works on them, and closes them. */
export async function withStudies<Result>(
  options: StudiesOptions,
  work: (studies: Studies) => Promise<Result>,
): Promise<Result> {
  const studies = await connect(options);
  try {
    return await work(studies);
  } finally {
    await studies.close();
  }
}

/** Does the same for commands that only read: if the server does not answer, they show what is in the store. */
export async function lookingAtStudies<Result>(
  options: StudiesOptions,
  work: (studies: Studies) => Promise<Result>,
): Promise<Result> {
  const studies = await connect(options).catch((error: unknown) => {
    if (!(error instanceof EnvironmentError)) throw error;
    say(`${error.message}; showing what is in the store.`);
    const store = openStore(options.store, stateFolder(options.state));
    return new Studies({ store, server: noServer });
  });
  try {
    return await work(studies);
  } finally {
    await studies.close();
  }
}

/** Prints on standard error that there are no studies. */
export const tellNone = ({ store }: Studies): void => void say(`There is no study in ${store.location} yet.`);
