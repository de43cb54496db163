/**
 * Faces: finding them in a picture, aligning each to the template that a restorer wants, restoring
 * it, and putting it back. What finds and what restores are arguments.
 */
package io.stablesr.restore.faces;
