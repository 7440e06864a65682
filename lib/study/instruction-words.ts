/** Describes an instruction, e.g. `extended by 8 networks, 2026-11-30 14:02`. */
export const instructionInWords = ({ summary, at }: { summary: string; at: string }): string =>
  `${summary}, ${at.slice(0, 16).replace('T', ' ')}`;

/** Longest id of an instruction, in characters: it is part of file names. */
const longestId = 100;

/** Returns whether a text can be the id of an instruction. */
export const isInstructionId = (id: string): boolean => /^[A-Za-z0-9][\w.-]*$/.test(id) && id.length <= longestId;
