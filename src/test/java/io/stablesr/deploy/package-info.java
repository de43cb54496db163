/** Tests of what is around the program: scripts, images, manifests, the jar for clusters. */
package io.stablesr.deploy;
