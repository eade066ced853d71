/** For oxlint, whose own rules can refuse globals and properties but not the reading of the clock by `Date` without arguments. */
const noCurrentDate = {
  create(context) {
    const check = (node) => {
      if (node.callee.name === 'Date' && node.arguments.length === 0) {
        context.report({ node, message: 'A replay would see another time: use saga.now().' });
      }
    };
    return { NewExpression: check, CallExpression: check };
  },
};

export default { meta: { name: 'determinism' }, rules: { 'no-current-date': noCurrentDate } };
