/** From a prompt to token ids: clean-up, byte-pair encoding and the CLIP vocabulary. */
package io.stablesr.network.text;
