/**
 * Connects a Java program to a modeldex server.
 *
 * <p>It adds to the generated stubs what every caller would write again: a connection with a token, TLS and retries
 * ({@link dev.modeldex.client.Modeldex}), a stream over the pages of a list ({@link dev.modeldex.client.Models}), a
 * watch that goes on after every disconnect ({@link dev.modeldex.client.Watch}), and the reason of an error ({@link
 * dev.modeldex.client.Problem}). The stubs themselves are used as they are.
 */
package dev.modeldex.client;
