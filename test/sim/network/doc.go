// Package network is a network in memory for simulations: hosts with listeners, connections and packets, whose links have delay, loss
// and cuts in each direction. It uses package time only, so in a testing/synctest bubble its hours pass at once. It doesn't model bandwidth, routing
// or names: a host has one address, and a stream's window is all that holds a writer back.
package network
