/* number_text: numbers as people read them. Unit and decimals are chosen once per column. */
#ifndef LLMOBS_RENDER_NUMBER_TEXT_H
#define LLMOBS_RENDER_NUMBER_TEXT_H

#include "base/buf.h"
#include "table/table.h"

/* The sizes of a column's numbers, zero aside. Begin with {.largest = 0, .smallest = 0}. */
struct number_range {
    double largest;  /* absolute value; 0: there is none */
    double smallest; /* absolute value of the smallest that is not 0; 0: there is none */
};

struct number_style {
    enum unit unit;
    int shift; /* decimal places the unit shown is above the unit held: us as ms: 3 */
    int decimals;
    const char *name;   /* the unit's name for the title: "s", "ms", "us", "%", "tok"; or "" */
    const char *suffix; /* after each number: " M" where tokens are shown in millions; or "" */
    bool plus;          /* in front of numbers above zero */
};

/* The cell's whole number, reals rounded half to even. False: it is missing, a text, not finite or
 * outside int64. */
bool cell_whole(const struct cell *c, int64_t *out);

/* The cell's number as a double. False: it is missing, a text or not finite. */
bool cell_number(const struct cell *c, double *out);

/* Counts the cell in; what holds no number is passed over. */
void number_range_add(struct number_range *range, const struct cell *c);

/*
 * How the numbers of a column are written:
 *   UNIT_US      in the largest of s, ms, us of which the largest number has at least one
 *   UNIT_TOKENS  in full, from 10 million on in millions
 *   UNIT_NUSD    in dollars with 2 decimals and more for small ones, as long as the largest number
 *                stays easy to read
 *   UNIT_RATE    in percent
 * There are decimals enough to show a digit or two of the smallest number, within limits for each
 * unit.
 */
struct number_style number_style_for(enum unit unit, const struct number_range *range);

/* Appends the title with the unit's name behind it, unless the title names it itself. */
void number_title(struct buf *b, const struct number_style *style, struct sv title);

/*
 * Appends the cell's number: sign, "$" when dollar is set, thousands separators, suffix. A number
 * that is not zero but would look like it is "<0.01" (below zero ">-0.01"), except for lower
 * bounds. Writes ASCII only and returns the bytes appended; 0 when the cell holds no number.
 * LC_NUMERIC must be the C locale's, as it is unless a program changes it.
 */
size_t number_text(struct buf *b, const struct number_style *style, bool dollar,
                   const struct cell *c);

/*
 * Appends the cell's number for machines: UNIT_NUSD as exact decimal dollars without trailing
 * zeros, UNIT_US whole, whole numbers as they are, reals with as few of 15 to 17 digits as read
 * back the same. Always valid JSON. False, and nothing appended, when the cell holds no number.
 */
bool number_exact(struct buf *b, enum unit unit, const struct cell *c);

#endif
