/** Values and errors that every other package shares; imports nothing of this project. */
package io.stablesr.core;
