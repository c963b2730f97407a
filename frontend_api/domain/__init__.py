"""Pure values and rules of the bill (电子票据): no input, no output, no clock of its own."""
