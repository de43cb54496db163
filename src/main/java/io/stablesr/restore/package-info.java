/** The whole pipeline for one image or a batch: {@link io.stablesr.restore.Upscaler}. */
package io.stablesr.restore;
