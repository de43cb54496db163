/** Decoding, encoding, resampling and colour correction of pictures. */
package io.stablesr.image;
