package stats

// What only tests look at from outside.
var ChiSquareAbove = chiSquareAbove
