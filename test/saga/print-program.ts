import type { Node, Program, StepNode } from './random-program.ts';

/** A random program as the saga that it is, so that a counterexample can be read. */
export function printProgram({ nodes, cancelAt, killedAt, answers }: Program): string {
  const notes = [
    ...(cancelAt === undefined ? [] : [`cancelled in call ${cancelAt}`]),
    ...(killedAt.length === 0 ? [] : [`killed in call ${killedAt.join(' and ')}`]),
    ...(answers.length === 0 ? [] : [`reviews: ${answers.join(', ')}`]),
  ];
  return `\nsaga${notes.length === 0 ? '' : ` // ${notes.join('; ')}`}\n${printNodes(nodes, 'n', '  ')}`;
}

const printNodes = (nodes: readonly Node[], path: string, indent: string): string =>
  nodes.map((node, place) => `${indent}${printNode(node, `${path}.${place}`, indent)}\n`).join('');

function printNode(node: Node, path: string, indent: string): string {
  const printInner = (nodes: readonly Node[]) => `{\n${printNodes(nodes, path, `${indent}  `)}${indent}}`;
  switch (node.kind) {
    case 'step':
    case 'attempt':
      return printStep(node, path);
    case 'sleep':
      return `sleep(${node.lasts / 60_000} min)`;
    case 'review':
      return `review(${path}, otherwise ${node.otherwise})`;
    case 'all':
      return printBlock('all', [node.limit !== undefined && `limit ${node.limit}`], printInner(node.nodes));
    case 'race':
      return printBlock('race', [], printInner(node.nodes));
    case 'scope': {
      const options = [node.onFailure, node.order === 'parallel' && node.order, node.isCaught && 'caught'];
      return printBlock('scope', options, printInner(node.nodes));
    }
    case 'sub':
      return printBlock('sub', [node.pivot && 'pivot', node.isCaught && 'caught'], printInner(node.nodes));
  }
}

function printBlock(name: string, options: readonly (string | false | undefined)[], inner: string): string {
  const given = options.filter((option) => option !== false && option !== undefined);
  return `${name}${given.length === 0 ? '' : `(${given.join(', ')})`} ${inner}`;
}

function printStep({ kind, effect, pivot, maxAttempts, fates, undoFates }: StepNode, path: string): string {
  const options = [
    ...(effect === 'none' ? ['nothing to undo'] : []),
    ...(pivot && kind === 'step' ? ['pivot'] : []),
    ...(maxAttempts > 1 ? [`${maxAttempts} attempts`] : []),
  ];
  const calls = fates.length === 0 ? [] : [`calls: ${fates.join(', ')}`];
  const undos = undoFates.length === 0 || effect === 'none' ? [] : [`undos: ${undoFates.join(', ')}`];
  const notes = [...calls, ...undos];
  return `${kind}(${[path, ...options].join(', ')})${notes.length === 0 ? '' : ` // ${notes.join('; ')}`}`;
}
