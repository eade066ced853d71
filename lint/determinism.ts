// For oxlint, whose own rules can refuse globals and properties, but not the clock that `Date` without arguments reads.

interface Call {
  readonly callee: { readonly name?: string };
  readonly arguments: readonly unknown[];
}

interface RuleContext {
  report(found: { readonly node: Call; readonly message: string }): void;
}

const noCurrentDate = {
  create(context: RuleContext) {
    const check = (node: Call): void => {
      if (node.callee.name === 'Date' && node.arguments.length === 0) {
        context.report({ node, message: 'A replay would see another time: use saga.now().' });
      }
    };
    return { NewExpression: check, CallExpression: check };
  },
};

export default { meta: { name: 'determinism' }, rules: { 'no-current-date': noCurrentDate } };
