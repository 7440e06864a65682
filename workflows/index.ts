export { populationWorkflow } from './population.ts';
export { studyWorkflow } from './study.ts';
