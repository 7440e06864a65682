/** Facts that both Cifar datasets share. */
export const cifarPublication = {
  homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  licence: 'not stated by the publisher',
  citation: `@techreport{krizhevsky2009learning,
  author = {Alex Krizhevsky},
  title = {Learning Multiple Layers of Features from Tiny Images},
  institution = {University of Toronto}, year = {2009}
}`,
};
