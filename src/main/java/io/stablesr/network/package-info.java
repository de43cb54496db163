/**
 * The networks, written once as Java over {@link io.stablesr.graph}. Field and block names follow
 * the official state-dict keys, so that each method can be read beside the key list.
 */
package io.stablesr.network;
