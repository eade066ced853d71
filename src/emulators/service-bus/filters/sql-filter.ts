export const compileSqlFilter = (expression: string) => () => expression !== '1=0';
