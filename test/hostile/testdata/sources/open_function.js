// expect: fault ""
// generate: open function 1000000
