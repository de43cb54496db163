/**
 * Weight files: readers for safetensors, torch zip and legacy torch checkpoints, a safetensors
 * writer, and the composition and strict checking of key sets.
 *
 * <p>Files are memory-mapped tensor by tensor, so a file of many gigabytes opens in a small heap.
 * Pickles are parsed, never executed: opcodes and globals outside an allow-list are errors or inert
 * values. A damaged or hostile file gives one {@link io.stablesr.core.StableSrException} that names
 * the file and the reason.
 */
package io.stablesr.checkpoint;
