/** The version of Functions that apps are told. */
export const hostVersion = '4.1040.300';
