import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { instructionInWords } from '../lib/study/instruction-words.ts';
import type { Hold, PopulationProgress, StudyProgress } from './messages.ts';
import { searchAttributes } from './search-attributes.ts';

/** Maximum number of operators' instructions that are shown. */
const mostInstructions = 5;

/** Shows the progress of a workflow in Temporal's UI: in its details, and in its search attributes. */
export class Presentation {
  /** Whether the server has the search attributes. */
  searchable: boolean;
  readonly #fixed: { studyId: string; dataset?: string };
  #shown = '';

  constructor(searchable: boolean, fixed: { studyId: string; dataset?: string }) {
    this.searchable = searchable;
    this.#fixed = fixed;
  }

  population(progress: PopulationProgress): void {
    const { total, finished, reused, diverged, failed, isPaused, hold, failures } = progress;
    const ends = [`${finished + reused} of ${total} runs are done`];
    if (reused > 0) ends.push(`${reused} of them reused from other studies`);
    if (diverged > 0) ends.push(`${diverged} diverged`);
    if (failed > 0) ends.push(`${failed} failed`);
    const lines = [`${ends.join(', ')}.`, ...this.#halt(isPaused, hold)];
    if (failures !== null) {
      lines.push(`First failure: ${failures.first}`);
      if (failures.commonest.runs > 1)
        lines.push(`Most common failure (${failures.commonest.runs} runs): ${failures.commonest.message}`);
    }
    setCurrentDetails(lines.map(plain).join('\n\n'));
    this.#upsert(state(isPaused, hold) ?? 'training', failed + diverged);
  }

  study({ stage, isPaused, hold, prepared, datasets, instructions }: StudyProgress, failedRuns: number): void {
    const lines = [
      `Stage: ${stage}; ${prepared.length} of ${datasets.length} datasets are prepared.`,
      ...this.#halt(isPaused, hold),
      ...instructions.slice(-mostInstructions).map((instruction) => `Operators: ${instructionInWords(instruction)}.`),
    ];
    setCurrentDetails(lines.map(plain).join('\n\n'));
    this.#upsert(state(isPaused, hold) ?? stage, failedRuns);
  }

  /** Shows that the workflow has ended; its details stay as they are. */
  end(state: 'finished' | 'failed' | 'cancelled', failedRuns: number): void {
    this.#upsert(state, failedRuns);
  }

  #halt(isPaused: boolean, hold: Hold | null): string[] {
    const resume = `\`resume ${this.#fixed.studyId}\` continues it.`;
    return [
      ...(isPaused ? [`Paused: ${resume}`] : []),
      ...(hold === null
        ? []
        : [`On hold, because it would fail again. ${hold.what}: ${hold.reason}. Once the cause is fixed, ${resume}`]),
    ];
  }

  /** Updates the search attributes. Each update is an event in the history, so only changes are sent. */
  #upsert(state: string, failedRuns: number): void {
    const shown = `${state} ${failedRuns}`;
    if (!this.searchable || shown === this.#shown) return;
    this.#shown = shown;
    const { studyId, dataset } = this.#fixed;
    upsertSearchAttributes([
      { key: searchAttributes.study, value: studyId },
      ...(dataset === undefined ? [] : [{ key: searchAttributes.dataset, value: dataset }]),
      { key: searchAttributes.state, value: state },
      { key: searchAttributes.failedRuns, value: failedRuns },
    ]);
  }
}

const state = (isPaused: boolean, hold: Hold | null) => (hold !== null ? 'held' : isPaused ? 'paused' : undefined);

/** Escapes Markdown, which the UI renders: error messages are untrusted, and must not turn into headings, links or images. */
const plain = (text: string) => text.replaceAll(/[\\*_[\]<>#!|~]/g, (sign) => `\\${sign}`).replaceAll(/\s+/g, ' ');
